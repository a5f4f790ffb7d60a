-- A bound audit entry is never changed and none is ever removed. The chain
-- finds out whoever goes round this.
create function audit_guard() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' or old.seq is not null then
    raise exception 'audit entries are append-only';
  end if;
  return new;
end $$;
create trigger audit_no_change before update or delete on audit_entry
  for each row execute function audit_guard();
create trigger audit_no_truncate before truncate on audit_entry
  for each statement execute function audit_guard();
