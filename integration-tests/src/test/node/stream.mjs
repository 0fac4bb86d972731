// SPDX-License-Identifier: Apache-2.0
// Streams one answer with each of the official clients and prints one JSON line per client: the text it got and the error it threw.
//   node stream.mjs BASE_URL CLIENT...
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import Anthropic from "@anthropic-ai/sdk";
import { streamText } from "ai";
import OpenAI from "openai";

const [base, ...clients] = process.argv.slice(2);
const key = "client-key";
const model = "lab-model";
const prompt = "hello";

const openai = new OpenAI({ apiKey: key, baseURL: `${base}/v1`, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: key, baseURL: base, maxRetries: 0 });

async function withAi(languageModel, take) {
  let failure;
  const result = streamText({ model: languageModel, prompt, maxRetries: 0, onError: () => {} });
  for await (const part of result.fullStream) {
    if (part.type === "text-delta") take(part.text);
    if (part.type === "error") failure = part.error;
  }
  if (failure) throw failure;
}

const streams = {
  "openai-chat": async (take) => {
    const stream = await openai.chat.completions.create({
      model,
      messages: [{ role: "user", content: prompt }],
      stream: true,
    });
    for await (const chunk of stream) take(chunk.choices[0]?.delta?.content ?? "");
  },
  "openai-responses": async (take) => {
    const stream = await openai.responses.create({ model, input: prompt, stream: true });
    for await (const event of stream) if (event.type === "response.output_text.delta") take(event.delta);
  },
  anthropic: async (take) => {
    const stream = await anthropic.messages.create({
      model,
      max_tokens: 64,
      messages: [{ role: "user", content: prompt }],
      stream: true,
    });
    for await (const event of stream) if (event.type === "content_block_delta") take(event.delta.text ?? "");
  },
  "ai-openai": (take) => withAi(createOpenAI({ apiKey: key, baseURL: `${base}/v1` })(model), take),
  "ai-anthropic": (take) => withAi(createAnthropic({ apiKey: key, baseURL: `${base}/v1` })(model), take),
  "ai-compatible": (take) =>
    withAi(createOpenAICompatible({ name: "lab", apiKey: key, baseURL: `${base}/v1` })(model), take),
};

for (const client of clients) {
  let text = "";
  let error = "";
  try {
    await streams[client]((piece) => (text += piece));
  } catch (e) {
    error = `${e?.name}: ${e?.message ?? JSON.stringify(e)}`;
  }
  console.log(JSON.stringify({ client, text, error }));
}
