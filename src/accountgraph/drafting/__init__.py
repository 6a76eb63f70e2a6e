"""Messages written by a model: what it is told, what it may say, who checks that, and what stands in where it says something else.

A model is never needed. Without one, or where what it wrote is refused, the step's template does the job.
"""
