import { serveLess } from "./less.js";

await serveLess({ add: ({ a, b }) => ({ sum: a + b }) });
