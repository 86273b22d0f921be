// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/key_change_dialog.h"

#include <QFrame>

#include <array>
#include <optional>

class QLabel;
class QPushButton;

namespace carma::gui {

class MagicSquareView;

/// All about one key, with its fingerprint as a picture and what can be done with it.
class KeyDetails : public QFrame {
    Q_OBJECT

public:
    explicit KeyDetails(QWidget* parent = nullptr);
    void show(const std::optional<KeyInfo>& key, bool readOnly);

signals:
    void changeWanted(carma::gui::KeyChange change);

private:
    void showFacts(const KeyInfo& key);

    MagicSquareView* m_square;
    QLabel* m_owner;
    QLabel* m_state;
    QLabel* m_facts;
    std::array<QPushButton*, 6> m_buttons{}; ///< by KeyChange
};

} // namespace carma::gui
