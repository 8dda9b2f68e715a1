export { checkName as checkTaskName } from "../base/name.ts";
