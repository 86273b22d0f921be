// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/secret_bytes.h>

#include <QDialog>

class QLineEdit;

namespace carma::gui {

/// Asks for a new passphrase, twice. Accepted only if both are the same and not empty.
class PassphraseDialog : public QDialog {
    Q_OBJECT

public:
    explicit PassphraseDialog(QWidget* parent = nullptr);
    [[nodiscard]] SecretBytes passphrase() const;

private:
    QLineEdit* m_first;
    QLineEdit* m_second;
};

} // namespace carma::gui
