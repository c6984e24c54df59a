/** What code is generated for. Nothing here names a board or says where the program will run. */
export interface Target {
  /** Value of the compiler's -march. */
  readonly march: string;
  /** Vector register length the cost estimate assumes, in bits; the code runs on any. */
  readonly tuneVlen: number;
}

export const RV64GCV: Target = { march: 'rv64gcv', tuneVlen: 256 };
