-- Who asked for the work is told when the runs are over and less was read than was asked for.
ALTER TABLE mail DROP CONSTRAINT mail_kind_check;
ALTER TABLE mail ADD CONSTRAINT mail_kind_check
    CHECK (kind IN ('received', 'accepted', 'rejected', 'question', 'fewer_data', 'released', 'retracted'));
