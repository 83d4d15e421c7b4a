-- The database of one service and who gets in: what embedded/databases.py makes on one machine.
\set owner :database '_owner'
\set application :database '_app'
\set owner_password `cat "$CREDENTIALS/owner-password"`
\set application_password `cat "$CREDENTIALS/app-password"`
\set reader_password `cat "$CREDENTIALS/reader-password"`

REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
CREATE ROLE :"owner" LOGIN PASSWORD :'owner_password';
CREATE ROLE :"application" LOGIN PASSWORD :'application_password';
CREATE DATABASE :"database" OWNER :"owner" TEMPLATE template0;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"application";

-- Whom the backup service comes as.
CREATE ROLE nanopore_backup_reader LOGIN PASSWORD :'reader_password';
GRANT pg_read_all_data TO nanopore_backup_reader;
GRANT CONNECT ON DATABASE :"database" TO nanopore_backup_reader;
