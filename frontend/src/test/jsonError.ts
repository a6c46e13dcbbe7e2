/** Where a text stops being JSON, and why: browsers say it each in their own way, and some not at all. */

export interface JsonError {
  message: string;
  position: number;
}

const DEEPEST = 500;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /[A-Za-z_$][\w$]*/y;

class Stop extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/** The first error, or null for what is JSON. */
export function findJsonError(text: string): JsonError | null {
  const reader = new Reader(text);
  try {
    reader.document();
    return null;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { message: stop.message, position: stop.position };
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): void {
    this.value(0);
    this.space();
    if (this.at < this.text.length) this.stop("Something follows after the end of the value");
  }

  private value(depth: number): void {
    this.space();
    const next = this.text[this.at];
    if (depth > DEEPEST) this.stop("This is nested too deep");
    if (next === "{") this.list("}", () => this.member(depth));
    else if (next === "[") this.list("]", () => this.value(depth + 1));
    else if (next === '"') this.string();
    else if (!this.take(NUMBER)) this.word();
  }

  private list(end: string, item: () => void): void {
    this.at += 1;
    this.space();
    if (this.skip(end)) return;
    for (;;) {
      item();
      this.space();
      if (this.skip(end)) return;
      if (!this.skip(",")) this.stop(`A comma or ${end} is missing`);
      this.space();
      if (this.text[this.at] === end) this.stop(`No comma may stand before ${end}`);
    }
  }

  private member(depth: number): void {
    this.space();
    if (this.text[this.at] !== '"') this.stop("A name in double quotes is missing");
    this.string();
    this.space();
    if (!this.skip(":")) this.stop("A colon is missing after the name");
    this.value(depth + 1);
  }

  private string(): void {
    if (this.take(STRING)) return;
    const lineEnd = this.text.indexOf("\n", this.at);
    const rest = this.text.slice(this.at, lineEnd < 0 ? undefined : lineEnd);
    this.stop(
      /[^\\]"/.test(rest)
        ? "This text holds a character that has to be escaped"
        : "The closing quote is missing",
    );
  }

  private word(): void {
    WORD.lastIndex = this.at;
    const [word] = WORD.exec(this.text) ?? [];
    if (word === "true" || word === "false" || word === "null") this.at += word.length;
    else if (word !== undefined) this.stop(`“${word}” is no JSON: texts stand in double quotes`);
    else if (this.at >= this.text.length) this.stop("The end is missing");
    else this.stop(`A value is missing before ${this.text[this.at]}`);
  }

  private take(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found !== null;
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  private stop(message: string): never {
    throw new Stop(message, this.at);
  }
}
