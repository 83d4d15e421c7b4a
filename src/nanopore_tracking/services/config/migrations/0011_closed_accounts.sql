-- Every process asks every few seconds who was closed lately.
CREATE INDEX account_closed ON account (updated_at) WHERE NOT active;
