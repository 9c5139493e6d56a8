-- The entries of each feed's last document by their slices of it: what is known so needs no reading.
create table slices (
  feed_id  integer not null references feeds,
  hash     blob    not null,                  -- 128 bits over the slice and over all that has a say in how it is read
  entry_id integer not null references entries on delete cascade,
  primary key (feed_id, hash)
) strict, without rowid;

alter table entries add column teaser text not null default '';  -- the beginning as HTML; '' when it is all of content
