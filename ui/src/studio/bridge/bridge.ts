import type { Bundle, Choice, Command, Kept, Outcome, PreviewAddress, SavedBundle, Start, Told } from './bindings';

/** What arrives on the way of the pictures. */
export interface Ears {
  /** It is open. */
  opened(): void;
  /** One message. */
  message(bytes: ArrayBuffer): void;
  /** It has ended, and nothing more comes. */
  closed(): void;
}

/** The open way of the pictures. */
export interface Wire {
  send(text: string): void;
  close(): void;
}

/** Everything the window can ask of the program behind it; nothing else of the page reaches out of it. */
export interface Bridge {
  start(): Promise<Start>;
  /** Calls `told` with all that is told from now on. */
  watch(told: (what: Told) => void): Promise<void>;
  ask(command: Command): Promise<Outcome>;
  /** Says which show it shall be. */
  choose(choice: Choice): Promise<Outcome>;
  /** Keeps a stream key; throws a `Failure` when that can't be done. */
  storeKey(name: string, key: string): Promise<Kept>;
  /** Answers "closing": ends the show and closes the window, or goes on. */
  close(endShow: boolean): Promise<void>;
  /** Makes the file for support: of an earlier show by its id, or of the one there is or was; throws a `Failure`. */
  makeBundle(of: string | null): Promise<Bundle>;
  /** Saves what was made last, just as it was given; throws a `Failure`. */
  saveBundle(): Promise<SavedBundle>;
  /** Writes the window's title. */
  title(text: string): Promise<void>;
  /** Opens the way of the pictures. */
  connect(address: PreviewAddress, ears: Ears): Wire;
}
