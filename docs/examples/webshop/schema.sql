-- The shop system's new database (PostgreSQL), as far as the catalogue reads it.

CREATE TABLE shops (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  contact_mail text,
  language text
);

-- What was dropped stays, marked.
CREATE TABLE orders (
  id uuid PRIMARY KEY,
  shop_id uuid NOT NULL REFERENCES shops,
  number text NOT NULL,
  total numeric(10, 2) NOT NULL,
  state text NOT NULL DEFAULT 'open',
  options jsonb,
  placed_at timestamptz NOT NULL,
  changed_at timestamptz,
  dropped_at timestamptz
);

-- Only the order says whose an address is. Times are the office's, without a zone.
CREATE TABLE order_addresses (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders,
  recipient text NOT NULL,
  street text NOT NULL,
  city text NOT NULL,
  created timestamp NOT NULL,
  changed timestamp
);

CREATE TABLE subscriptions (
  id uuid PRIMARY KEY,
  shop_id uuid NOT NULL REFERENCES shops,
  list text NOT NULL,
  email text NOT NULL,
  phone text,
  state text NOT NULL DEFAULT 'pending',
  since timestamptz NOT NULL,
  changed_at timestamptz
);

CREATE INDEX ON orders (shop_id);
CREATE INDEX ON order_addresses (order_id);
CREATE INDEX ON subscriptions (shop_id);
