// How the page asks the engine: of the program that serves it, or of the engine inside the file.
import { language, say } from "desk/words";

/** Raised where nobody answers. */
export class Lost extends Error {}

/** The program on this machine, which served the page. */
export class Served {
  inside = false;

  /** Ask for an action. at(done, total, text): called while it goes on. Returns {data, problems, failed}. */
  async ask(action, words = {}, at = () => {}, number = "") {
    const body = JSON.stringify({ action, words, number });
    const answer = await this.#fetch(`do?lang=${language}`, { method: "POST", body });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      rest += value ?? "";
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const told = JSON.parse(line);
        if (told.at) at(...told.at);
        else return told.answer;
      }
      if (done) throw new Lost(say("lost"));
    }
  }

  async drop(round, file) {
    const where = new URLSearchParams({ round, name: file.name, lang: language });
    return (await this.#fetch(`drop?${where}`, { method: "POST", body: file })).json();
  }

  async end(number) {
    await this.#fetch(`end?${new URLSearchParams({ number })}`, { method: "POST" });
  }

  /** Return a file of the round as a Blob. */
  async file(round, name) {
    return (await this.#fetch(`file?${new URLSearchParams({ round, name })}`)).blob();
  }

  async #fetch(where, how) {
    let answer;
    try {
      answer = await fetch(where, how);
    } catch {
      throw new Lost(say("lost"));
    }
    if (!answer.ok) throw new Lost(`${say("lost")} (${answer.status})`);
    return answer;
  }
}
