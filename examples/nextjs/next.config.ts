/** Belfry has threads of its own, whose files a bundler would not find: it stays a package. */
const config = { serverExternalPackages: ["belfry"] };

export default config;
