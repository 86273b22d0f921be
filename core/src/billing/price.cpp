// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <carma/plan.h>

#include <algorithm>

namespace carma {

namespace {

Result<Decimal> graduated(const Charge& charge, const Decimal& quantity)
{
    Decimal total;
    for (const Tier& tier : charge.tiers) {
        if (quantity <= tier.from) {
            break;
        }
        const Decimal end = tier.upTo ? std::min(*tier.upTo, quantity) : quantity;
        CARMA_TRY_ASSIGN(const Decimal units, subtract(end, tier.from));
        CARMA_TRY_ASSIGN(const Decimal price, multiply(units, tier.price));
        CARMA_TRY_ASSIGN(const Decimal withFlat, add(price, tier.flat));
        CARMA_TRY_ASSIGN(total, add(total, withFlat));
    }
    return total;
}

Result<Decimal> volume(const Charge& charge, const Decimal& quantity)
{
    const auto falls = [&](const Tier& tier) { return !tier.upTo || quantity < *tier.upTo; };
    const auto tier = std::ranges::find_if(charge.tiers, falls);
    if (tier == charge.tiers.end() || quantity.isZero()) {
        return Decimal();
    }
    CARMA_TRY_ASSIGN(const Decimal price, multiply(quantity, tier->price));
    return add(price, tier->flat);
}

} // namespace

Result<Decimal> priceOf(const Charge& charge, const Decimal& quantity)
{
    if (quantity <= charge.included) {
        return Decimal(); // below zero, too
    }
    CARMA_TRY_ASSIGN(const Decimal billed, subtract(quantity, charge.included));
    switch (charge.model) {
    case PriceModel::PerUnit: return multiply(billed, charge.price);
    case PriceModel::Graduated: return graduated(charge, billed);
    case PriceModel::Volume: return volume(charge, billed);
    case PriceModel::Package: {
        CARMA_TRY_ASSIGN(const Decimal packages, packagesOf(billed, charge.packageSize));
        return multiply(packages, charge.price);
    }
    }
    return Error{ErrorCode::Internal, "a charge has no price model"};
}

} // namespace carma
