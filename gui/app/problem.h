// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/error.h>

#include <QString>

namespace carma::gui {

/// What a button beside an error does.
enum class Remedy : int { None, Retry, TypePassphrase, ChooseKeyFile, ChooseFolder, CreateStore, OpenReadOnly, OpenHealing };

/// An error for people: what happened, why, and what to do next.
struct Problem {
    QString what, why, next;
    Remedy remedy = Remedy::None;
    QString button;  ///< label; empty without a remedy
    QString id = {}; ///< of the session log; ProblemPanel gives it one when it is told
};

/// What the user wanted, so that the advice fits.
enum class Intent : int { OpenWithKeyFile, OpenWithPassphrase, OpenWithRecoveryCode, Create, Work };

Problem explain(const Error& error, Intent intent);

} // namespace carma::gui
