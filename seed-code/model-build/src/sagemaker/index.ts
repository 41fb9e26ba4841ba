export { containerPaths, containerRoot, type ContainerPaths } from './paths';
export { jsonLog, type Log } from './log';
export { booleanSetting, parseArguments, parseHyperparameters, repeatedSetting } from './settings';
export { runStep, StepError, type StepContext } from './step';
