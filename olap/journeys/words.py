"""What the columns of journeys' answers are called, and what heads them for a person."""

COHORT, PERIOD, COMPLETE = "cohort", "period", "complete"
SIZE, ACTIVE, RETENTION = "cohort_size", "active_customers", "retention"
STEP, STEP_NAME = "step", "step_name"
REACHED, OF_FIRST, OF_PREVIOUS, UNKNOWN = "reached", "of_first", "of_previous", "unknown"
MONTH_END, CUSTOMERS, CUSTOMER_SHARE = "month_end", "customers", "customers_share"
ORDERS, REVENUE, REVENUE_SHARE, AOV = "orders", "revenue", "revenue_share", "aov"
DECILE, DECILE_SIZE, SHARE, CUMULATIVE_SHARE = "decile", "decile_size", "share", "cumulative_share"
BEGINS, FROM, TO, MOVE, FROM_SHARE = "period_start", "from", "to", "move", "from_share"

DOUBLE = frozenset(
    {
        *(RETENTION, OF_FIRST, OF_PREVIOUS, CUSTOMER_SHARE, REVENUE_SHARE, FROM_SHARE, AOV),
        *(SHARE, CUMULATIVE_SHARE),
    }
)
"""Ratios, in double."""

PERCENT, WHOLE = "0.0%", "#,##0"
FORMATS = {
    **dict.fromkeys((RETENTION, OF_FIRST, OF_PREVIOUS, CUSTOMER_SHARE, REVENUE_SHARE, FROM_SHARE), PERCENT),
    **dict.fromkeys((SHARE, CUMULATIVE_SHARE), PERCENT),
    **dict.fromkeys((SIZE, ACTIVE, REACHED, UNKNOWN, CUSTOMERS, ORDERS, DECILE_SIZE), WHOLE),
}
"""How a spreadsheet shows them."""

LABELS = {
    "en": {
        COHORT: "Cohort",
        PERIOD: "Periods since",
        COMPLETE: "Complete",
        SIZE: "Cohort size",
        ACTIVE: "Active customers",
        RETENTION: "Retention",
        STEP: "Step",
        STEP_NAME: "Step name",
        REACHED: "Customers who reached it",
        OF_FIRST: "Share of the first step",
        OF_PREVIOUS: "Share of the previous step",
        UNKNOWN: "Of unknown customers",
        MONTH_END: "As of",
        CUSTOMER_SHARE: "Share of customers",
        REVENUE_SHARE: "Share of revenue",
        DECILE: "Decile (1 = highest)",
        DECILE_SIZE: "Customers in it",
        SHARE: "Share",
        CUMULATIVE_SHARE: "Cumulative share",
        BEGINS: "Period from",
        FROM: "From",
        TO: "To",
        MOVE: "Move",
        FROM_SHARE: "Share of those before",
    },
    "ko": {
        COHORT: "코호트",
        PERIOD: "경과 기간",
        COMPLETE: "기간 종료",
        SIZE: "코호트 크기",
        ACTIVE: "활동 고객",
        RETENTION: "유지율",
        STEP: "단계",
        STEP_NAME: "단계 이름",
        REACHED: "도달 고객",
        OF_FIRST: "첫 단계 대비",
        OF_PREVIOUS: "이전 단계 대비",
        UNKNOWN: "미확인 고객 건수",
        MONTH_END: "기준일",
        CUSTOMER_SHARE: "고객 비중",
        REVENUE_SHARE: "매출 비중",
        DECILE: "분위(1이 최상위)",
        DECILE_SIZE: "분위 고객 수",
        SHARE: "비중",
        CUMULATIVE_SHARE: "누적 비중",
        BEGINS: "기간 시작",
        FROM: "이전",
        TO: "이후",
        MOVE: "이동",
        FROM_SHARE: "이전 고객 대비",
    },
}
