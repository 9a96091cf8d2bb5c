# mtl-audit with everything that it can have on this Python. docs/containers.md shows how it is used.
FROM python:3.13-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY auditor auditor
COPY plugins plugins
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
# what RDKit's drawing needs of the system
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libexpat1 libxext6 libxrender1 \
    && rm -rf /var/lib/apt/lists/*
# torch without CUDA; --build-arg names another index of packages
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
COPY --from=wheel /wheels /wheels
RUN pip install --no-cache-dir "$(echo /wheels/*.whl)[all]" && rm -rf /wheels
# any user may run it, so that reports belong to the one who asked
RUN mkdir --mode=1777 /cache /work
ENV HOME=/cache MTL_AUDIT_CACHE_DIR=/cache/mtl-audit OMP_NUM_THREADS=1
WORKDIR /work
USER 1000
ENTRYPOINT ["mtl-audit"]
CMD ["--help"]
