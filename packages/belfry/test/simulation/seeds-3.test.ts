import { shard } from "./seeds.ts";

shard(3);
