-- An account for what follows instruments and tells how they run; it may do nothing else.
ALTER TABLE account DROP CONSTRAINT account_roles_check;
ALTER TABLE account ADD CONSTRAINT account_roles_check
    CHECK (roles <@ '{submitter,technician,facility_manager,auditor,admin,viewer,instrument}');
