export interface BoardOptions {
  readonly vlen?: number;
  /** Size of the home folder, such as `8m`; without it the home is as large as this machine's disk. */
  readonly disk?: string;
  readonly sftp?: boolean;
  readonly plain?: boolean;
  readonly log?: (text: string) => void;
}

export interface TestBoard {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly address: string;
  readonly hostKey: string;
  readonly knownHost: string;
  readonly key: string;
  readonly home: string;
  readonly state: string;
  readonly plain: boolean;
  readonly runner: readonly string[];
  processes(): readonly string[];
  cut(): number;
  freeze(): () => void;
  makeKey(name: string, passphrase?: string, type?: string): string;
  run(tool: string, args: readonly string[], env?: Readonly<Record<string, string>>): string;
  serverLog(): string;
  stopServer(): Promise<void>;
  startServer(): Promise<void>;
  reboot(work?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** Why this machine can have no board; undefined when it can. */
export function whyNoBoard(): string | undefined;

export function startBoard(options?: BoardOptions): Promise<TestBoard>;
