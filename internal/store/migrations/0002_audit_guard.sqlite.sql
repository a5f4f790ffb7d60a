-- A bound audit entry is never changed and none is ever removed. The chain
-- finds out whoever goes round this.
create trigger audit_no_update before update on audit_entry when old.seq is not null
begin select raise(abort, 'audit entries are append-only'); end;
create trigger audit_no_delete before delete on audit_entry
begin select raise(abort, 'audit entries are append-only'); end;
