/** Drafts of docs/protocol.md: an agent's answers that may become entries. */

export interface Draft {
  id: string;
  question: string;
  answer: string;
  similar: string[];
  /** The tickets that it comes from. */
  tags: string[];
  /** The agent who answered. */
  owner?: string;
}

/** An entry as it is to stand in the FAQ's files. */
export interface NewEntry {
  topic: string;
  question: string;
  similar: string[];
  answer: string;
}
