// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/billing_words.h"

#include <QDialog>

namespace carma::gui {

/// Shows what closing a month would make final, before it does.
class CloseMonthDialog : public QDialog {
    Q_OBJECT

public:
    /// `drafts` of the month; with `over` false the month still runs and cannot be closed.
    CloseMonthDialog(const Month& month, std::vector<Invoice> drafts, bool over, QWidget* parent);
    [[nodiscard]] const std::vector<Invoice>& drafts() const { return m_model->rows(); }

private:
    InvoicesModel* m_model;
};

} // namespace carma::gui
