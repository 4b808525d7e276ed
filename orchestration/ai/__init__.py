"""Recommendations: how a question is asked along its chain, and how the learned link keeps learning."""

from orchestration.ai.asking import recommend
from orchestration.ai.learned.process import train_in_own_process
from orchestration.ai.learned.schedule import retrain_due, retrain_where_due

__all__ = ["recommend", "retrain_due", "retrain_where_due", "train_in_own_process"]
