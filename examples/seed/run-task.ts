import { agnost } from "@agnost/server";

const taskName = "billOnDemand";

// Manually run a task with the name of `billonDemand`
const result = await agnost.task(taskName).run();
