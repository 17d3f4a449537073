-- What the sample host is sent and keeps. Every table is keyed by organization first.
CREATE SCHEMA sample_host;

-- A time series: a metric with one set of tags. Its id is computed from them, so that points can be written
-- without looking it up. `seen_at` is when something last arrived for it, in epoch seconds, told once a minute.
CREATE TABLE sample_host.series (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    metric text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('gauge', 'count', 'rate', 'distribution')),
    interval_s bigint,
    unit text,
    tags text[] NOT NULL,
    seen_at bigint NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX series_by_metric ON sample_host.series (organization_id, metric);

-- A point is what a series was at one second: `value` is the sum of `samples` values between `low` and `high`.
-- Submitting a point again replaces it, so a client may retry.
CREATE TABLE sample_host.points (
    organization_id uuid NOT NULL,
    series_id uuid NOT NULL,
    at bigint NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (organization_id, series_id, at)
);
CREATE TABLE sample_host.distributions (
    organization_id uuid NOT NULL,
    series_id uuid NOT NULL,
    at bigint NOT NULL,
    value double precision NOT NULL,
    samples bigint NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    PRIMARY KEY (organization_id, series_id, at)
);

-- The last word of each check, by name, host and tags; the id is computed from them.
CREATE TABLE sample_host.service_checks (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    tags text[] NOT NULL,
    status smallint NOT NULL,
    message text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (organization_id, id)
);

-- Hosts are known from what was submitted in their name.
CREATE TABLE sample_host.hosts (
    organization_id uuid NOT NULL,
    name text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    sources text[] NOT NULL,
    first_seen_at bigint NOT NULL,
    seen_at bigint NOT NULL,
    PRIMARY KEY (organization_id, name)
);

CREATE TABLE sample_host.events (
    organization_id uuid NOT NULL,
    at bigint NOT NULL,
    id bigint NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    priority text NOT NULL,
    alert_type text NOT NULL,
    host text NOT NULL,
    source text NOT NULL,
    device text NOT NULL,
    aggregation_key text NOT NULL,
    related_event_id bigint,
    tags text[] NOT NULL,
    PRIMARY KEY (organization_id, at, id)
);
CREATE INDEX events_by_id ON sample_host.events (organization_id, id);

CREATE TABLE sample_host.logs (
    organization_id uuid NOT NULL,
    at bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    host text NOT NULL,
    service text NOT NULL,
    source text NOT NULL,
    status text NOT NULL,
    message text NOT NULL,
    tags text[] NOT NULL,
    attributes jsonb NOT NULL,
    PRIMARY KEY (organization_id, at, id)
);

CREATE TABLE sample_host.monitors (
    organization_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    kind text NOT NULL,
    query text NOT NULL,
    tags text[] NOT NULL,
    document jsonb NOT NULL,
    creator_id uuid,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE sample_host.dashboards (
    organization_id uuid NOT NULL,
    id text NOT NULL,
    document jsonb NOT NULL,
    author_id uuid,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (organization_id, id)
);
