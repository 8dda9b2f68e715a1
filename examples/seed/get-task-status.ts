import { agnost } from "@agnost/server";

const taskName = "billOnDemand";
const trackingId = "6237b225b9a84d607cd79044";

// Get the status of the manually triggered task whether
// it has been completed, processing or not
const retult = await agnost.task(taskName).getTaskStatus(trackingId);
