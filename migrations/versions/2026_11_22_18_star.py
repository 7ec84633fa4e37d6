"""What the cube's star needs of the past and of the calendar: stock by day, holidays, the fiscal year."""

from alembic import op

from migrations import scripts

revision = "2026_11_22_18"
down_revision = "2026_11_22_17"
branch_labels = None
depends_on = None

TRIGGERS = {"days_inserted": "INSERT", "days_updated": "UPDATE"}


def upgrade() -> None:
    op.execute("""
        ALTER TABLE company
            ADD fiscal_year_month SMALLINT DEFAULT 1 NOT NULL,
            ADD CONSTRAINT ck_company_fiscal_year_month_range CHECK (fiscal_year_month BETWEEN 1 AND 12)
    """)
    op.execute("""
        CREATE TABLE holidays (
            day DATE NOT NULL,
            name TEXT COLLATE "C" NOT NULL,
            name_ko TEXT COLLATE "C" NOT NULL,
            CONSTRAINT pk_holidays PRIMARY KEY (day)
        )
    """)
    scripts.run("holidays")
    _keep_stock_by_day()


def _keep_stock_by_day() -> None:
    op.execute("""
        CREATE TABLE stock_days (
            stock_level_id BIGINT NOT NULL,
            day DATE NOT NULL,
            quantity NUMERIC(15, 3) NOT NULL,
            CONSTRAINT pk_stock_days PRIMARY KEY (stock_level_id, day),
            CONSTRAINT fk_stock_days_stock_level_id
                FOREIGN KEY (stock_level_id) REFERENCES stock_levels (id) ON DELETE CASCADE
        )
    """)
    op.execute("""
        INSERT INTO stock_days (stock_level_id, day, quantity)
        SELECT l.id, (l.as_of AT TIME ZONE c.time_zone)::date, l.quantity FROM stock_levels l CROSS JOIN company c
    """)
    op.execute("""
        CREATE FUNCTION stock_days_noted() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO stock_days (stock_level_id, day, quantity)
            SELECT n.id, (n.as_of AT TIME ZONE c.time_zone)::date, n.quantity
            FROM new_rows n CROSS JOIN company c ORDER BY n.id
            ON CONFLICT (stock_level_id, day) DO UPDATE SET quantity = excluded.quantity
            WHERE stock_days.quantity IS DISTINCT FROM excluded.quantity;
            RETURN NULL;
        END $$
    """)
    for name, event in TRIGGERS.items():
        op.execute(f"""
            CREATE TRIGGER {name} AFTER {event} ON stock_levels REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION stock_days_noted()
        """)


def downgrade() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON stock_levels")
    op.execute("DROP FUNCTION stock_days_noted()")
    op.execute("DROP TABLE stock_days, holidays")
    op.execute(
        "ALTER TABLE company DROP CONSTRAINT ck_company_fiscal_year_month_range, DROP fiscal_year_month"
    )
