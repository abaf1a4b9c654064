const MOST = 100;
const LONGEST = 900;
/** Says only that something was said before. */
const SUMMARY = /Exiting with failure status due to previous errors|Error exit delayed/;

/** What GNU tar says while it archives `.`: entries start with `./`, everything else is a message. */
export class TarMessages {
  files = 0;
  private readonly said: string[] = [];
  private unsaid = 0;

  /** One line, without its line break. */
  add(line: string): void {
    if (line.startsWith('./')) this.files += line.endsWith('/') ? 0 : 1;
    else if (line.trim() !== '' && !SUMMARY.test(line)) this.keep(line);
  }

  /** The messages, as many as a fact has room for. */
  get warnings(): readonly string[] {
    return this.unsaid === 0 ? this.said : [...this.said, `and ${this.unsaid} more such messages`];
  }

  private keep(line: string): void {
    if (this.said.length < MOST - 1) this.said.push(line.replace(/^\S*tar: /, '').slice(0, LONGEST));
    else this.unsaid++;
  }
}
