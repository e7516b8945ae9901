@0xb4a1e6a3c0d5f217;

struct Small {
  id @0 :UInt64;
  name @1 :Text;
  score @2 :Float64;
}

struct Bulk {
  data @0 :Data;
}

interface Echo {
  small @0 (record :Small) -> (record :Small);
  bulk @1 (record :Bulk) -> (record :Bulk);
}
