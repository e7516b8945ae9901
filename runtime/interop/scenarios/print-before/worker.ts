// What a worker's libraries may print before it is up.
process.stdout.write("loading the model");
await import("../../typescript/worker.js");
