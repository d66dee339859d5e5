/** Which lessons were solved here before. */

import { LESSONS } from "./lessons.js";

const KEPT = "padstride-lessons";

/** The names of the lessons that are solved. */
export function solvedLessons() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return LESSONS.map(({ name }) => name).filter((name) => kept.includes(name));
  } catch {
    return [];
  }
}

/** Keeps that a lesson is solved. */
export function keepSolved(name) {
  localStorage.setItem(KEPT, JSON.stringify([...new Set([...solvedLessons(), name])]));
}

/** Begins again. */
export function forgetSolved() {
  localStorage.removeItem(KEPT);
}
