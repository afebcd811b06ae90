"""Checks: pytest tests about a submission, written by teachers, run in the grader's process.

A check asks for fixtures (`submission`, `lenet5`, `dataset`, `classifier`), which stand for the
submission and talk to its confined worker. Its docstring is what the student reads, in English and
Chinese. It fails by a plain ``assert`` or, with more help for the student, by `expect`::

    @pytest.mark.points(5)
    def test_batch(lenet5):
        '''LeNet5 maps 32 images to 32 rows of 10.

        LeNet5 把 32 张图片映射为 32 行、每行 10 个数。
        '''
        out = lenet5(np.zeros((32, 1, 32, 32), np.float32))
        expect(out.shape == (32, 10), "The output has another shape.", expected=(32, 10),
               actual=out.shape, help="End with Dense(84, 10).")
"""

from grader.checks.failure import CheckFailedError, expect

__all__ = ["CheckFailedError", "expect"]
