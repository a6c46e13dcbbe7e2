import { expect, test } from "vitest";
import { ApiError, Offline } from "@/api/client";
import type { Problem, ProblemDocument } from "@/api/types";
import { errorsOf } from "@/test/fire";

const refused = (fields: Partial<ProblemDocument>) =>
  new ApiError({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: "Something is wrong.",
    ...fields,
  });

test("errors stand at the field that they speak of", () => {
  const errors = [
    { path: ["event", "type"], message: "Too long." },
    { path: ["event", "properties"], message: "Nested too deep." },
  ];

  expect(errorsOf(refused({ errors }))).toEqual({ type: "Too long.", properties: "Nested too deep." });
});

test("problems of the graph stand with their nodes", () => {
  const problem: Problem = {
    code: "cycle",
    node: "n1",
    edge: null,
    path: [],
    message: "A circle.",
    severity: "error",
    cures: [],
  };
  const errors = [{ path: ["graph", "nodes", "n1"], message: "A circle." }];

  expect(errorsOf(refused({ status: 422, errors, problems: [problem] }))).toEqual({ problems: [problem] });
});

test("what belongs to no field is said as a whole", () => {
  expect(errorsOf(refused({ status: 422, errors: [{ path: [], message: "No trigger takes it." }] }))).toEqual(
    {
      other: "No trigger takes it.",
    },
  );
  expect(errorsOf(refused({ status: 500, detail: "The server failed." }))).toEqual({
    other: "The server failed.",
  });
});

test("without the server nothing was fired", () => {
  expect(errorsOf(new Offline()).other).toMatch(/was not fired/);
});
