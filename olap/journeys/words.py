"""What the columns of journeys' answers are called, and what heads them for a person."""

COHORT, PERIOD, COMPLETE = "cohort", "period", "complete"
SIZE, ACTIVE, RETENTION = "cohort_size", "active_customers", "retention"
STEP, STEP_NAME = "step", "step_name"
REACHED, OF_FIRST, OF_PREVIOUS, UNKNOWN = "reached", "of_first", "of_previous", "unknown"

DOUBLE = frozenset({RETENTION, OF_FIRST, OF_PREVIOUS})
"""Ratios, in double."""

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
    },
}
