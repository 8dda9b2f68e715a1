/** The blocks that are not run, each by its page and its first line, with the reason. The test counts them. */
export const unrun: readonly { readonly page: string; readonly starts: string; readonly reason: string }[] = [
  {
    page: "README.md",
    starts: "npm ci && npm run quickstart",
    reason: "runs the repository's own tests, this one too; readme.test.ts runs the quickstart",
  },
  {
    page: "docs/guide/deployment.md",
    starts: "docker build --tag bell .",
    reason:
      "needs Docker and a published package; the Dockerfile is read, and its health check and command are run elsewhere on the page",
  },
];

/** The commands of npm that end well without being run: what they install is linked, and other tests install the tarball. */
export const linked: readonly { readonly command: string; readonly reason: string }[] = [
  { command: "install belfry", reason: "the package under test is linked; test/package installs its tarball" },
  { command: "install @agnost/server@npm:belfry", reason: "the package under test is linked under that name too" },
];
