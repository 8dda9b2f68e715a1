import { engine } from "../../../../lib/engine.ts";

/** `GET /api/reports/{id}`: how that report goes. */
export async function GET(_request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  const belfry = await engine({ work: false });
  const status = await belfry.task("writeReport").getTaskStatus((await context.params).id);
  return Response.json(status, { status: status ? 200 : 404 });
}
