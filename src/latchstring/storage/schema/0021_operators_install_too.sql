-- The host's operators act through the JSON API and have no user of their own.
ALTER TABLE installations ALTER COLUMN installed_by DROP NOT NULL;
ALTER TABLE uninstall_receipts ALTER COLUMN uninstalled_by DROP NOT NULL;
ALTER TABLE app_policies ALTER COLUMN updated_by DROP NOT NULL;
ALTER TABLE app_rules ALTER COLUMN updated_by DROP NOT NULL;
