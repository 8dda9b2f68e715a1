import { shard } from "./seeds.ts";

shard(1);
