"""What a step sees of a text: its vector, and the vectors of its tokens; and how far pairs of texts are apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional

from index.late import telling
from index.training.losses import contrast, ranking

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


@dataclass(frozen=True)
class Encoded:
    """n texts: ``whole`` (n, d) and ``tokens`` (n, t, d), unit norm; ``weight`` (n, t) is 0 where no word stands."""

    whole: Tensor
    tokens: Tensor
    weight: Tensor


def rarity(model: SentenceTransformer) -> Tensor:
    """How much each token of a question counts, (vocabulary,): ``index.late.telling`` of its score, 0 for marks."""
    vocabulary = json.loads(model.tokenizer.backend_tokenizer.to_str())["model"]["vocab"]
    tokens, scores = zip(*vocabulary, strict=True)
    weights = telling(scores)
    weights[[token[0] == "[" or not any(map(str.isalnum, token)) for token in tokens]] = 0
    return torch.from_numpy(weights).float()


def in_half(device: torch.device) -> torch.autocast:
    """Where matrices are multiplied in bfloat16 if that is faster: on a GPU, and on processors made for it."""
    fast = device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=fast)


def encode(model: SentenceTransformer, texts: Sequence[str], longest: int, weights: Tensor | None) -> Encoded:
    """Folded texts as the model sees them, cut at ``longest`` tokens; float32, by way of bfloat16 where that is fast."""
    inputs: Any = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=longest, return_tensors="pt"
    )
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    bert: Any = model[0].auto_model
    device = model.device
    with in_half(device):
        last = bert(input_ids=ids.to(device), attention_mask=mask.to(device)).last_hidden_state.float()
    here = mask.to(device)[..., None]
    whole = functional.normalize((last * here).sum(1) / here.sum(1), dim=1)
    weight = weights[ids].to(device) * mask.to(device) if weights is not None else here[..., 0].float()
    return Encoded(whole, functional.normalize(last, dim=2), weight)


def late_scores(left: Encoded, right: Encoded) -> Tensor:
    """Late interaction (n, m): the weighted mean over a left text's tokens of the best cosine in the right one."""
    n, p, d = left.tokens.shape
    m, q, _ = right.tokens.shape
    with in_half(left.tokens.device):
        cosine = left.tokens.reshape(n * p, d) @ right.tokens.reshape(m * q, d).T
    cosine = cosine.float().masked_fill((right.weight <= 0).reshape(1, m * q), -1.0)
    best = cosine.reshape(n, p, m, q).amax(3)
    share = left.weight / left.weight.sum(1, keepdim=True).clamp_min(1e-6)
    return torch.einsum("np,npm->nm", share, best)


def distance(
    left: Encoded, right: Encoded, same: Tensor, temperatures: tuple[float, float], both: bool
) -> Tensor:
    """Contrast of a batch of pairs by whole texts and by their tokens; by tokens ``both`` ways where they translate."""
    loss = contrast(left.whole, right.whole, same, temperatures[0])
    late = ranking(late_scores(left, right), same, temperatures[1])
    if both:
        late = (late + ranking(late_scores(right, left), same, temperatures[1])) / 2
    return loss + late
