const instruction =
  /^(FROM|WORKDIR|COPY|ADD|RUN|ENV|ARG|USER|VOLUME|EXPOSE|HEALTHCHECK|STOPSIGNAL|CMD|ENTRYPOINT|LABEL) \S/;

/** Reads a block that is not run as what its language says it is. Throws, saying which line is not. */
export function parseData(language: string, text: string): void {
  if (language === "json") JSON.parse(text);
  else if (language === "dockerfile") parseDockerfile(text);
  else parseUnit(text);
}

function parseDockerfile(text: string): void {
  const lines = text.replaceAll("\\\n", " ").split("\n");
  const wrong = lines.filter((line) => line !== "" && !line.startsWith("#") && !instruction.test(line));
  if (wrong.length > 0) throw new Error(`no instruction of a Dockerfile: ${wrong[0]}`);
  const first = lines.find((line) => line !== "" && !line.startsWith("#"));
  if (!first?.startsWith("FROM ")) throw new Error("a Dockerfile begins with FROM");
  for (const line of lines) if (/^(CMD|ENTRYPOINT) /.test(line)) JSON.parse(line.slice(line.indexOf("[")));
}

/** A unit of systemd: sections, and settings within them. */
function parseUnit(text: string): void {
  let section = "";
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    if (/^\[\w+\]$/.test(line)) section = line;
    else if (section === "" || !/^[A-Z]\w+=\S/.test(line)) throw new Error(`no setting of a unit: ${line}`);
  }
}
