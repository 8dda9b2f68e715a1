import { engine } from "../../../lib/engine.ts";

/** `POST /api/reports`: asks for a report, and answers at once with what to ask for it by. */
export async function POST(request: Request): Promise<Response> {
  const belfry = await engine({ work: false });
  const payload: unknown = await request.json();
  return Response.json(await belfry.task("writeReport").run({ payload }), { status: 202 });
}
