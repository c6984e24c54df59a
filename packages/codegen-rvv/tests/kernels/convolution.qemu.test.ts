import {
  convolutionBounds,
  convolutionWindows,
  depthwiseWindows,
  convolutionEpilogues,
  oddInputs,
} from '../../../../tools/testing/cases/convolution.js';
import { checkCases } from './check-cases.js';

checkCases('convolution windows', convolutionWindows);
checkCases('depthwise windows', depthwiseWindows);
checkCases('convolution epilogues', convolutionEpilogues, { tolerance: 4e-6 });
checkCases('convolution bounds', convolutionBounds, { inputs: oddInputs });
