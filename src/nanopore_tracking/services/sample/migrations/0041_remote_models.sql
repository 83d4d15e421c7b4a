-- Whether a lab agreed that documents of a project go to a language model elsewhere; who said so last, and when.
ALTER TABLE project
    ADD COLUMN remote_models boolean NOT NULL DEFAULT false,
    ADD COLUMN remote_models_by text,
    ADD COLUMN remote_models_at timestamptz,
    ADD CONSTRAINT project_remote_models CHECK ((remote_models_by IS NULL) = (remote_models_at IS NULL)
        AND (NOT remote_models OR remote_models_by IS NOT NULL));
