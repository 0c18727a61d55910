import type { Engine, StepExecutor } from "../engine/index.js";
import type { Store } from "../store/index.js";

/** Where one test's data lies. */
export interface Place {
  /** A folder for whatever the suite itself writes. */
  folder: string;
  /** What the implementation calls its database: a path, an address. */
  address: string;
  /** Removes everything. */
  remove(): Promise<void>;
}

export interface EngineSettings {
  store: Store;
  ownerId: string;
  /** Runs the steps of agents; no other kind of step is used. */
  executor: StepExecutor;
  /** Steps that may run at once, over all processes. */
  maxRunning: number;
}

/** An engine in this process that can be put away. */
export interface OpenEngine {
  engine: Engine;
  /** Stops it and signs its owner off; the store stays open. */
  close(): Promise<void>;
}

/** What an implementation of Engine and Store has to provide in order to be held to the suite. */
export interface Subject {
  name: string;
  /** Makes an empty database. */
  createPlace(): Promise<Place>;
  openStore(place: Place): Promise<Store>;
  openEngine(settings: EngineSettings): OpenEngine;
  /** The program that hosts an engine in a process of its own: it calls `hostEngine` of `host.mjs`. */
  hostProgram: URL;
  /** Keeps every writer out of the database for so long; resolves when it is locked, with its release. */
  lock(place: Place, holdMs: number): Promise<{ released: Promise<void> }>;
  /** Restarts the database while nobody has it open. */
  restart(place: Place): Promise<void>;
}
