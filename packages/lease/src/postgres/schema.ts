/**
 * The rules of book.ts, for a PostgreSQL to run: two tables, and a function whose call is one step, decided as a whole, by the server's
 * clock. Its lock is a transaction's, so a pooler cannot strand it, and what is leased is rows, which it cannot strand either.
 */
import { STALE_MS } from '../book.js';

/** The statements that make what the engine needs, or make it anew, under the names that begin with `table`. */
export function schemaOf(table: string): string {
  return `
-- Two that do this at once would find the names taken.
select pg_advisory_xact_lock(hashtext('${table}'));

create table if not exists ${table} (
  name text primary key,
  permits integer not null,
  tick bigint not null,
  quiet bigint not null
);

create table if not exists ${table}_member (
  name text not null references ${table} on delete cascade,
  member text not null,
  held integer not null,
  over integer not null,
  want integer not null,
  since bigint not null,
  joined bigint not null,
  seq bigint not null,
  pushed integer not null,
  heard bigint not null,
  expires bigint not null,
  primary key (name, member)
);

create or replace function ${table}_step(
  op text, of_name text, of_member text, of_permits integer, of_seq bigint, of_acked bigint,
  of_held integer, of_over integer, of_want integer, of_pushed integer, of_ttl bigint,
  out status text, out held integer, out keep integer, out permits integer
) language plpgsql as $step$
#variable_conflict use_column
declare
  clock bigint;
  record ${table};
  mine ${table}_member;
  known boolean;
  lost boolean := false;
  unheard integer := 0;
  gave_back boolean;
  available integer;
  row_ ${table}_member;
  active ${table}_member[];
  shares integer[] := '{}';
  place integer := 0;
  ids text[] := '{}';
  wants integer[] := '{}';
  rooms integer[] := '{}';
  gets integer[] := '{}';
  more integer;
  granted integer;
  since_ bigint;
  owes boolean;
  missing integer;
  need integer := 0;
  asks boolean := false;
  share integer;
begin
  perform pg_advisory_xact_lock(hashtext('${table}'), hashtext(of_name));
  clock := floor(extract(epoch from clock_timestamp()) * 1000);
  delete from ${table}_member m where m.name = of_name and m.expires <= clock;
  select * into record from ${table} t
    where t.name = of_name and exists (select from ${table}_member m where m.name = of_name);
  known := found;
  select * into mine from ${table}_member m where m.name = of_name and m.member = of_member;

  if op = 'leave' then
    status := 'left';
    delete from ${table}_member m where m.name = of_name and m.member = of_member;
    if not exists (select from ${table}_member m where m.name = of_name) then
      delete from ${table} t where t.name = of_name;
      return;
    end if;
    if mine.member is null then return; end if;
    of_member := '';
  elsif op = 'resize' then
    status := case when known then 'resized' else 'unknown' end;
    update ${table} t set permits = of_permits where t.name = of_name and known;
    perform pg_notify('${table}_' || left(m.member, 16), m.member) from ${table}_member m where m.name = of_name;
    return;
  else
    if op = 'join' and known and record.permits <> of_permits then
      status := 'mismatch';
      permits := record.permits;
      return;
    end if;
    if op = 'renew' and mine.member is null then status := 'unknown'; return; end if;
    if of_seq <= mine.seq then status := 'stale'; return; end if;
    if not known then
      delete from ${table} t where t.name = of_name;
      insert into ${table} values (of_name, of_permits, 0, 0) returning * into record;
    end if;
    lost := case when mine.member is null then op = 'rejoin'
      else mine.seq < of_acked or (mine.seq = of_acked and mine.pushed < of_pushed) end;
    if lost then record.quiet := clock + of_ttl; end if;
    if mine.member is null then
      record.tick := record.tick + 1;
      mine := row(of_name, of_member, 0, 0, 0, 0, record.tick, of_seq, 0, clock, clock);
    end if;
    if mine.seq = of_acked then unheard := greatest(0, mine.pushed - of_pushed); end if;
    of_held := of_held + unheard;
    of_want := greatest(0, of_want - unheard);
    gave_back := of_held < mine.held;
    if lost then
      select record.permits - coalesce(sum(m.held + m.over), 0) into available
        from ${table}_member m where m.name = of_name and m.member <> of_member;
      mine.held := greatest(mine.held, available);
    end if;
    mine.held := least(of_held, mine.held);
    mine.over := of_over + of_held - mine.held;
    mine.want := of_want;
    if of_want = 0 then
      mine.since := 0;
    elsif mine.since = 0 or gave_back then
      record.tick := record.tick + 1;
      mine.since := record.tick;
    end if;
    mine.seq := of_seq;
    mine.pushed := 0;
    mine.heard := clock;
    mine.expires := clock + of_ttl;
    insert into ${table}_member values (mine.*)
      on conflict on constraint ${table}_member_pkey do update set
        held = excluded.held, over = excluded.over, want = excluded.want, since = excluded.since, seq = excluded.seq,
        pushed = excluded.pushed, heard = excluded.heard, expires = excluded.expires;
  end if;

  select record.permits - coalesce(sum(m.held + m.over), 0) into available from ${table}_member m where m.name = of_name;
  available := case when clock < record.quiet then 0 else greatest(0, available) end;
  active := array(
    select m from ${table}_member m
      where m.name = of_name and (m.held + m.over > 0 or (m.want > 0 and clock - m.heard < ${STALE_MS}))
      order by m.joined);
  foreach row_ in array active loop
    place := place + 1;
    shares := shares || record.permits / cardinality(active) + (place <= record.permits % cardinality(active))::integer;
  end loop;
  for place in select each from generate_subscripts(active, 1) each order by (active[each]).since loop
    row_ := active[place];
    share := shares[place];
    continue when row_.want = 0 or clock - row_.heard >= ${STALE_MS};
    ids := ids || row_.member;
    wants := wants || row_.want;
    rooms := rooms || greatest(1, share) - row_.held - row_.over;
    gets := gets || 0;
  end loop;
  for pass in 1..2 loop
    for i in 1..cardinality(ids) loop
      more := wants[i] - gets[i];
      if pass = 1 then more := least(more, greatest(0, rooms[i] - gets[i])); end if;
      more := least(more, available);
      gets[i] := gets[i] + more;
      available := available - more;
    end loop;
  end loop;

  for i in 1..cardinality(ids) loop
    missing := greatest(0, least(wants[i], rooms[i]) - gets[i]);
    if clock >= record.quiet then need := need + missing; end if;
    if ids[i] = of_member then asks := missing > 0; end if;
    continue when gets[i] = 0;
    since_ := 0;
    if wants[i] > gets[i] then
      record.tick := record.tick + 1;
      since_ := record.tick;
    end if;
    update ${table}_member m set
        held = m.held + gets[i], want = m.want - gets[i], since = since_,
        pushed = case when m.member = of_member then 0 else m.pushed + gets[i] end
      where m.name = of_name and m.member = ids[i]
      returning * into row_;
    if row_.member = of_member then mine := row_; end if;
  end loop;
  keep := mine.held;
  for i in 1..cardinality(active) loop
    row_ := active[i];
    granted := coalesce(gets[array_position(ids, row_.member)], 0);
    row_.held := row_.held + granted;
    share := case when cardinality(active) > record.permits then 0 else shares[i] end;
    owes := need > 0 and row_.held > share;
    more := case when owes then greatest(share, row_.held - need) else row_.held end;
    if row_.member = of_member then
      keep := more;
    elsif granted > 0 then
      perform pg_notify('${table}_' || left(row_.member, 16),
        concat_ws(' ', row_.member, row_.seq, row_.pushed + granted, more));
    elsif owes and asks then
      perform pg_notify('${table}_' || left(row_.member, 16), row_.member);
    end if;
  end loop;
  update ${table} t set tick = record.tick, quiet = record.quiet where t.name = of_name;
  if status is null then status := 'ok'; end if;
  held := mine.held;
  permits := record.permits;
end
$step$;
`;
}
