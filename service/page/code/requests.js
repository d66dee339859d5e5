/** A question to the service as a command and as a program. */

/** For a shell. */
export function asCurl(path, body) {
  const text = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl -s ${location.origin}${path} -H 'Content-Type: application/json' -d '${text}'`;
}

/** For Python, with nothing but its standard library. */
export function asPython(path, body) {
  return `import json
from urllib.request import Request, urlopen

question = ${pythonValue(body)}
request = Request(
    "${location.origin}${path}",
    json.dumps(question).encode(),
    {"Content-Type": "application/json"},
)
print(json.load(urlopen(request)))
`;
}

/** A value of JSON as Python writes it. */
export function pythonValue(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${pythonValue(member)}`).join(", ")}}`;
  return JSON.stringify(value);
}
