import { reactive } from "vue";
import type { Owner } from "../shared/protocol";
import { sentence, type Api } from "./api";
import type { Conversation, ConsoleEvent, Ticket } from "./protocol";

export type TicketFilter = "waiting" | "active" | "resolved";
export type OwnerFilter = Owner | "all";

interface Listing<Item> {
  items: Item[];
  /** Whether the server has more, older ones. */
  more: boolean;
  loading: boolean;
  problem: string | null;
}

function emptyListing<Item>(): Listing<Item> {
  return { items: [], more: false, loading: false, problem: null };
}

/** The lists on the left: tickets and conversations, kept up to date by events. */
export class Inbox {
  readonly state = reactive({
    ticketFilter: "waiting" as TicketFilter,
    ownerFilter: "all" as OwnerFilter,
    open: emptyListing<Ticket>(),
    resolved: emptyListing<Ticket>(),
    conversations: emptyListing<Conversation>(),
  });

  constructor(private readonly api: Pick<Api, "tickets" | "conversations">) {}

  /** Load everything that is shown afresh. */
  async refresh(): Promise<void> {
    const jobs = [this.loadTickets("open"), this.loadConversations()];
    if (this.state.ticketFilter === "resolved") {
      jobs.push(this.loadTickets("resolved"));
    }
    await Promise.all(jobs);
  }

  async showTickets(filter: TicketFilter): Promise<void> {
    this.state.ticketFilter = filter;
    if (filter === "resolved") {
      await this.loadTickets("resolved");
    }
  }

  async showConversations(filter: OwnerFilter): Promise<void> {
    this.state.ownerFilter = filter;
    await this.loadConversations();
  }

  async loadTickets(which: "open" | "resolved", older = false): Promise<void> {
    const listing = this.state[which];
    await fill(listing, older, async () => {
      const last = older ? listing.items.at(-1)?.number : undefined;
      const answer = await this.api.tickets(which, last);
      return { items: answer.tickets, more: answer.more };
    });
  }

  async loadConversations(older = false): Promise<void> {
    const listing = this.state.conversations;
    const filter = this.state.ownerFilter;
    await fill(listing, older, async () => {
      const last = older ? listing.items.at(-1)?.id : undefined;
      const answer = await this.api.conversations(filter, last);
      // A filter that was chosen meanwhile has its own answer under way.
      return filter === this.state.ownerFilter
        ? { items: answer.conversations, more: answer.more }
        : { items: listing.items, more: listing.more };
    });
  }

  apply(event: ConsoleEvent): void {
    if (event.kind === "conversation.changed") {
      this.placeConversation(event.data);
    } else if (event.kind === "ticket.created" || event.kind === "ticket.changed") {
      this.placeTicket(event.data);
    }
  }

  placeConversation(conversation: Conversation): void {
    const listing = this.state.conversations;
    const others = listing.items.filter((item) => item.id !== conversation.id);
    const wanted = this.state.ownerFilter === "all" || this.state.ownerFilter === conversation.owner;
    listing.items = wanted
      ? [...others, conversation].sort((a, b) => b.updated_at.localeCompare(a.updated_at))
      : others;
  }

  /** The agent has the conversation on the screen. */
  markRead(id: string): void {
    const conversation = this.state.conversations.items.find((item) => item.id === id);
    if (conversation) {
      conversation.unread = 0;
    }
  }

  private placeTicket(ticket: Ticket): void {
    for (const which of ["open", "resolved"] as const) {
      const listing = this.state[which];
      const others = listing.items.filter((item) => item.number !== ticket.number);
      listing.items = ticket.state === which ? [ticket, ...others] : others;
    }
  }
}

async function fill<Item>(
  listing: Listing<Item>,
  older: boolean,
  load: () => Promise<{ items: Item[]; more: boolean }>,
): Promise<void> {
  listing.loading = true;
  listing.problem = null;
  try {
    const page = await load();
    listing.items = older ? [...listing.items, ...page.items] : page.items;
    listing.more = page.more;
  } catch (problem) {
    listing.problem = sentence(problem);
  } finally {
    listing.loading = false;
  }
}
