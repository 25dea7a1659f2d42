/** One step from tables of an earlier release to those of this one. Once released, a step never changes. */
export interface Migration {
  readonly name: string
  /** Statements, without parameters. */
  readonly sql: string
}

const JOURNAL: Migration = {
  name: 'journal',
  sql: `
    -- The one row: which epoch is written, and by which term of leadership.
    CREATE TABLE leadership (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      epoch bigint NOT NULL DEFAULT 0,
      term bigint NOT NULL DEFAULT 0
    );
    INSERT INTO leadership DEFAULT VALUES;

    CREATE TABLE journal (
      epoch bigint NOT NULL CHECK (epoch >= 0),
      sequence bigint NOT NULL CHECK (sequence >= 0),
      term bigint NOT NULL,
      record bytea NOT NULL,
      PRIMARY KEY (epoch, sequence)
    );

    -- Append only, whoever writes.
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
      EXECUTE FUNCTION refuse_change();
  `,
}

const JOBS: Migration = {
  name: 'jobs',
  sql: `
    CREATE TABLE job (
      -- sha256 over circuit, verification key and statement
      id bytea PRIMARY KEY CHECK (length(id) = 32),
      ordinal bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
      circuit text NOT NULL,
      profile text NOT NULL,
      -- what a worker must have to be given the job
      circuit_digest text NOT NULL,
      memory bigint NOT NULL CHECK (memory >= 0),
      statement json NOT NULL,
      input_digest bytea NOT NULL CHECK (length(input_digest) = 32),
      -- private; there as long as it is needed
      input bytea,
      state text NOT NULL DEFAULT 'ready'
        CHECK (state IN ('ready', 'leased', 'proved', 'failed', 'dead', 'withdrawn')),
      -- grows with every change of hands
      fence bigint NOT NULL DEFAULT 0,
      holder text,
      lease_until timestamptz,
      ready_at timestamptz NOT NULL DEFAULT now(),
      attempts integer NOT NULL DEFAULT 0,
      error_code text,
      error text,
      proof json,
      created_at timestamptz NOT NULL DEFAULT now(),
      changed_at timestamptz NOT NULL DEFAULT now(),
      CHECK ((state = 'leased') = (holder IS NOT NULL)),
      CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
      CHECK ((state = 'proved') = (proof IS NOT NULL)),
      CHECK ((state IN ('ready', 'leased', 'dead')) = (input IS NOT NULL))
    );
    CREATE INDEX job_ready ON job (ordinal) WHERE state = 'ready';
    CREATE INDEX job_leased ON job (lease_until) WHERE state = 'leased';

    -- Inputs that cannot be proved, whoever tries.
    CREATE TABLE job_failure (
      id bytea NOT NULL,
      input_digest bytea NOT NULL,
      error_code text NOT NULL,
      error text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (id, input_digest)
    );
  `,
}

const TOKENS: Migration = {
  name: 'tokens',
  sql: `
    CREATE TABLE token (
      -- sha256 of the secret, which is nowhere
      hash bytea PRIMARY KEY CHECK (length(hash) = 32),
      id text NOT NULL UNIQUE,
      name text NOT NULL,
      scope text NOT NULL,
      expires_at timestamptz NOT NULL,
      revoked_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now()
    );
  `,
}

const SNAPSHOTS: Migration = {
  name: 'snapshots',
  sql: `
    -- What the records before that one led to; private.
    CREATE TABLE snapshot (
      epoch bigint NOT NULL,
      sequence bigint NOT NULL CHECK (sequence >= 0),
      state bytea NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (epoch, sequence)
    );
  `,
}

const SETTLEMENT: Migration = {
  name: 'settlement',
  sql: `
    -- Transactions, stored before they are sent.
    CREATE TABLE settlement_tx (
      hash text PRIMARY KEY,
      chain_id bigint NOT NULL,
      sender text NOT NULL,
      nonce bigint NOT NULL CHECK (nonce >= 0),
      -- the first batch that it settles, how many, and the root that they lead to; 0 of one that only takes the place of another
      batch bigint NOT NULL,
      batches integer NOT NULL,
      root text NOT NULL,
      raw text NOT NULL,
      max_fee numeric NOT NULL,
      priority_fee numeric NOT NULL,
      stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      outcome text CHECK (outcome IN ('mined', 'reverted', 'replaced'))
    );
    CREATE INDEX settlement_tx_nonce ON settlement_tx (chain_id, sender, nonce);
  `,
}

const TRADERS: Migration = {
  name: 'traders',
  sql: `
    -- For which account a trader's token is good, and under which trading key he logged in.
    ALTER TABLE token ADD COLUMN account integer, ADD COLUMN trading_key text,
      ADD CHECK ((scope = 'trader') = (account IS NOT NULL AND trading_key IS NOT NULL));
    CREATE INDEX token_account ON token (account) WHERE account IS NOT NULL;
  `,
}

const LOG: Migration = {
  name: 'log',
  sql: `
    -- Records are stored behind a random salt of 32 bytes; leaf is their hash in the log, as RFC 6962 has it.
    ALTER TABLE journal DISABLE TRIGGER append_only;
    ALTER TABLE journal ADD COLUMN leaf bytea CHECK (length(leaf) = 32);
    UPDATE journal SET record = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || record;
    UPDATE journal SET leaf = sha256('\\x00'::bytea || record);
    ALTER TABLE journal ALTER COLUMN leaf SET NOT NULL;
    ALTER TABLE journal ENABLE TRIGGER append_only;

    -- Heads of the log that settlements carry.
    CREATE TABLE log_anchor (
      root bytea PRIMARY KEY CHECK (length(root) = 32),
      epoch bigint NOT NULL,
      size bigint NOT NULL CHECK (size > 0),
      at timestamptz NOT NULL DEFAULT now()
    );
  `,
}

const SEALING: Migration = {
  name: 'sealing',
  sql: `
    -- Everywhere: a data key, wrapped under a version of the venue's sealing key.
    CREATE TABLE data_key (
      name text PRIMARY KEY,
      sealing_key bytea NOT NULL
    );

    -- The records of an epoch from that one on, up to the next segment, are sealed under this key.
    CREATE TABLE journal_segment (
      epoch bigint NOT NULL,
      first bigint NOT NULL CHECK (first >= 0),
      sealing_key bytea NOT NULL,
      PRIMARY KEY (epoch, first)
    );

    ALTER TABLE job ADD sealing_key bytea, ADD CHECK (input IS NOT NULL OR sealing_key IS NULL);
    ALTER TABLE snapshot ADD sealing_key bytea;
  `,
}

const STANDING: Migration = {
  name: 'standing cancels',
  sql: `
    -- What traders signed ahead for when they fall silent; private.
    CREATE TABLE standing_cancels (
      account integer PRIMARY KEY,
      body bytea NOT NULL,
      sealing_key bytea NOT NULL
    );
  `,
}

const BACKUPS: Migration = {
  name: 'backups',
  sql: `
    -- When a backup of this database was up to date last; folder is the sha256 of where it is.
    CREATE TABLE backup (
      folder bytea PRIMARY KEY CHECK (length(folder) = 32),
      at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
  `,
}

const LOG_KEY: Migration = {
  name: 'log key',
  sql: `
    -- The public key that signs the heads of an epoch's log.
    CREATE TABLE log_key (
      epoch bigint PRIMARY KEY,
      key bytea NOT NULL CHECK (length(key) = 32)
    );
  `,
}

const LEASE: Migration = {
  name: 'lease',
  sql: `
    -- The one row: until when a standby leaves the lead to that term. It is a hint; what fences is the term of leadership.
    CREATE TABLE lease (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      term bigint NOT NULL DEFAULT 0,
      until timestamptz NOT NULL DEFAULT '-infinity'
    );
    INSERT INTO lease DEFAULT VALUES;
  `,
}

const REPLICA: Migration = {
  name: 'replica',
  sql: `
    -- How far the second copy of an epoch reaches, as whoever writes it says.
    CREATE TABLE replica (
      epoch bigint PRIMARY KEY,
      next bigint NOT NULL CHECK (next >= 0)
    );
  `,
}

const SIGNED_FEES: Migration = {
  name: 'signed fees',
  sql: `
    -- What a transaction costs stands in it, signed.
    ALTER TABLE settlement_tx DROP COLUMN max_fee, DROP COLUMN priority_fee;
  `,
}

const TOKENS_ENDS: Migration = {
  name: "ends of traders' tokens",
  sql: `
    CREATE INDEX token_end ON token (expires_at) WHERE scope = 'trader';
  `,
}

const ACTS: Migration = {
  name: 'acts of operators',
  sql: `
    -- What operators had done: who asked for it, and who agreed, as far as they said who they are. In the journal too, once recorded.
    CREATE TABLE operator_act (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      act text NOT NULL,
      asked_by text,
      agreed_by text,
      is_recorded boolean NOT NULL DEFAULT false
    );
    CREATE INDEX operator_act_unrecorded ON operator_act (number) WHERE NOT is_recorded;

    -- Acts that one operator asked for, and that wait for another: by whose token, and what that is called.
    CREATE TABLE approval (
      act text PRIMARY KEY,
      token text NOT NULL,
      name text NOT NULL,
      asked_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );

    -- The one row: whether acts take two persons, as the venue was started last.
    CREATE TABLE administration (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      two_persons boolean NOT NULL DEFAULT false
    );
    INSERT INTO administration DEFAULT VALUES;
  `,
}

const FIRING: Migration = {
  name: 'cancels that were begun to be handed in',
  sql: `
    -- Whether the venue began to hand them in: of a record of one of them its trader may have handed in himself it says nothing by itself.
    ALTER TABLE standing_cancels ADD COLUMN is_begun boolean NOT NULL DEFAULT false;
  `,
}

/** All steps, in order. */
export const MIGRATIONS: readonly Migration[] = [
  ...[JOURNAL, JOBS, TOKENS, SNAPSHOTS, SETTLEMENT, TRADERS, LOG, SEALING, STANDING, BACKUPS, LOG_KEY],
  LEASE,
  REPLICA,
  SIGNED_FEES,
  TOKENS_ENDS,
  ACTS,
  FIRING,
]
