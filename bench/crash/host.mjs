/** Hosts the campaign's task in a process of its own: begins it, or goes on with it. `host.mjs <workspace>` */
import { Orchestrator } from "@claude-orchestrator/core";

const [workingDirectory] = process.argv.slice(2);
const orchestrator = new Orchestrator({ workingDirectory, resumeInterrupted: false });
await orchestrator.start();
const [known] = await orchestrator.listTasks();
const { taskId } = await goOn(known);
const { status, error, steps } = await orchestrator.getTaskDetails(taskId);
await orchestrator.stop();
const failures = steps.flatMap((step) => (step.status === "failed" ? [step.error.code] : []));
console.log(JSON.stringify({ taskId, status, error, failures }));

async function goOn(task) {
  if (!task) return orchestrator.execute({ prompt: "Do the work", workflow: "crash" });
  if (task.status === "failed") {
    const { steps } = await orchestrator.getTaskDetails(task.taskId);
    return orchestrator.retry(task.taskId, steps.find((step) => step.status === "failed").stepKey);
  }
  const hasEnded = ["completed", "unverified", "cancelled"].includes(task.status);
  return hasEnded ? task : orchestrator.resume(task.taskId);
}
