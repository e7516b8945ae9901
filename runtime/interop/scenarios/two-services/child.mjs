import { serve } from "../../node/child.mjs";

const unknown = (place) => ({
  code: "declared",
  message: "WeatherError.UnknownPlace",
  data: { type: "UnknownPlace", place },
});

await serve(
  (client) => ({
    forecast: async ({ place, days = 1 }, cx) => {
      if (place === "nowhere") return cx.error(unknown(place));
      await client.emitEvent("storm", { place });
      const skies = Array.from({ length: days }, (_, day) =>
        day === 0 ? { type: "Clear" } : { type: "Rain", millimetres: 2.5 },
      );
      await cx.respond({ place, days: skies });
    },
  }),
  { methods: { forecast: { response: "result" } }, events: ["storm"] },
);
